"""Quote attribution and a speaker index for newsrooms."""
