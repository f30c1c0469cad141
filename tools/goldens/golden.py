"""What every golden script shares: writes values with their maker, and numbers that JSON has no words for as strings."""
import json, math, os, sys
import torch

SEED = 0
torch.manual_seed(SEED)
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')


def numbers(tensor):
    return [value if math.isfinite(value) else 'NaN' if math.isnan(value) else 'Infinity' if value > 0 else '-Infinity'
            for value in tensor.detach().double().flatten().tolist()]


def write(package, name, cases, **versions):
    path = os.path.join(ROOT, 'packages', package, 'goldens', name + '.json')
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as file:
        json.dump(dict(script='tools/goldens/' + os.path.basename(sys.argv[0]), torch=torch.__version__, **versions, seed=SEED, cases=cases), file)
        file.write('\n')
