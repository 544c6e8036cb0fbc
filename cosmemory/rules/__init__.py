"""The rules for pages, by what they are about; ``table`` lists them all."""
