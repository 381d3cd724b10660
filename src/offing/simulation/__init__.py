"""Pictures and worlds whose truth is known. Everything made here says that it is simulated."""
