"""What the container image is made with, and how its steps are tried where no engine runs."""
