"""Which architectures suit some data: what they declare, and what families reached."""
