"""Rooms, seats, ticket numbers and admission tickets. The arrangement itself is a pure function with a seed."""
