"""Claims that computation alone decides, one file a topic: add a function and it is found."""
