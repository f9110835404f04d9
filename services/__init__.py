"""The four services of Binôme. Each stands alone; they meet only through events."""
