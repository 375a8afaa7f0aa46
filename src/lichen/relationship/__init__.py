"""What a relationship is: frozen values, standard library only."""
