"""What an embedding is asked when it is explored: which vectors, what is over-represented, what a probe predicts, where the predictor errs."""
