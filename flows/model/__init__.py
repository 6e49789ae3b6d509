"""The model of texts that ships with its example sentences, and the features, file and card of any model."""
