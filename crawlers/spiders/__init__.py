"""The spiders: one, which reads its magazines from source files."""
