"""Acts: every act on a case, by citizens, by offices and by the clock."""
