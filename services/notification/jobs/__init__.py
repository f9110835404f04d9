"""What runs beside the doors: sending what is due, settling what a crash interrupted."""
