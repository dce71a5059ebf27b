"""The pages of the app, one module each: ``draw(library)`` draws what the address asks for."""
