"""What stands in for a database where the deployment has none."""
