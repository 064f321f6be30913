"""The steps of each chapter, a module a chapter, called as it is."""
