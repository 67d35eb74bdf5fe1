"""What is told of a library whose files are gone or damaged."""
