"""The exchange's words: closed lists that the database and the schema share."""
