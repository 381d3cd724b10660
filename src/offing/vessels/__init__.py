"""Which ships are in a picture: detection, measurement and the class library."""
