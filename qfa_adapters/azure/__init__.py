"""What Azure gives to a service that runs there."""
