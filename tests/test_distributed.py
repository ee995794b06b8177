import torch

from workbench.distributed import all_mean, masked_mean


def test_masked_mean_of_one_process():
    values = torch.tensor([[1.0, 2.0], [3.0, 5.0]])
    assert masked_mean(values, torch.tensor([[True, False], [False, True]])) == 3.0
    assert masked_mean(values, torch.zeros(2, 2, dtype=torch.bool)) == 0.0


def test_masked_mean_runs_over_channels():
    values = torch.tensor([[[1.0, 3.0], [9.0, 9.0]]])
    assert masked_mean(values, torch.tensor([[True, False]])) == 2.0


def test_the_mean_of_one_process_is_the_value():
    value = torch.tensor(3.0, requires_grad=True)
    assert all_mean(value) is value
