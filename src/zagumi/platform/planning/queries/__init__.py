"""What planning answers: frozen dataclasses, already trimmed to the reader."""
