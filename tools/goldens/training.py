"""Learning rates of PyTorch's ReduceLROnPlateau: python3 tools/goldens/training.py"""
import torch
from golden import golden, rounded

with golden('training', 'reduceOnPlateau') as cases:
    falling = [1 / (1 + i / 4) for i in range(12)]
    series = rounded(torch.tensor(falling, dtype=torch.float64).repeat_interleave(3) + torch.rand(36, dtype=torch.float64) / 20).tolist()
    flat = [1., .99995, .9998, .9997] + [.9997] * 32
    for mode in ('min', 'max'):
        for values in (series, flat, [1.] * 36):
            values = values if mode == 'min' else [round(1 - value, 7) for value in values]
            for options in ({}, dict(patience=2), dict(patience=0, factor=.5), dict(patience=1, cooldown=3, factor=.3), dict(patience=1, minimum=.02),
                            dict(patience=1, thresholdMode='absolute', threshold=.05), dict(patience=1, threshold=.2), dict(patience=0, epsilon=.004)):
                names = dict(thresholdMode='threshold_mode', minimum='min_lr', epsilon='eps')
                given = {names.get(key, key): dict(relative='rel', absolute='abs').get(value, value) for key, value in options.items()}
                optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=.1)
                schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode=mode, **given)
                rates = []
                for value in values:
                    schedule.step(value)
                    rates.append(float(f"{optimizer.param_groups[0]['lr']:.7g}"))
                cases.append(dict(options=dict(options, mode=mode), values=values, rates=rates))
