"""Networks: the spatio-temporal encoder, the predictor, and the model that a training step runs."""
