"""Who said by radio to be where: tracks of AIS, and which detection in a picture is which of their ships."""
