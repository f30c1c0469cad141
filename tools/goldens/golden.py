"""What every golden script shares. One file an export, seeded by its name: a new case changes no other file.

    with golden('losses', 'huber') as cases:
        cases.append(dict(labels=numbers(y), value=numbers(loss)))

Numbers have seven significant digits, a rounding of at most 5e-7 where float32 is compared with a tolerance of 1e-5; inputs are
rounded (`rounded`) before anything is computed from them. JSON has no words for infinities and NaN: they are strings.
"""
import contextlib, json, math, os, sys, zlib
import torch

SEED = 0
torch.manual_seed(SEED)
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
DIGITS = 7


def seeded(name):
    """Starts the stream of random numbers that belongs to a name, and returns the seed."""
    seed = zlib.crc32(name.encode())
    torch.manual_seed(seed)
    return seed


def short(value):
    if not math.isfinite(value):
        return 'NaN' if math.isnan(value) else 'Infinity' if value > 0 else '-Infinity'
    value = float(f'{value:.{DIGITS}g}')
    return int(value) if value.is_integer() and abs(value) < 1e15 and (value != 0 or math.copysign(1, value) > 0) else value


def numbers(tensor):
    return [short(value) for value in tensor.detach().double().flatten().tolist()]


def rounded(tensor):
    """The float64 tensor that a golden file will hold: inputs have to be it before they are used."""
    flat = [float(f'{value:.{DIGITS}g}') for value in tensor.detach().double().flatten().tolist()]
    return torch.tensor(flat, dtype=torch.float64).reshape(tensor.shape)


def randn(*shape, scale=1):
    return rounded(torch.randn(*shape, dtype=torch.float64) * scale)


@contextlib.contextmanager
def golden(package, export, **versions):
    """Collects the cases of one export and writes them to packages/PACKAGE/goldens/EXPORT.json, a case a line."""
    seed, cases = seeded(export), []
    yield cases
    save(package, export, cases, seed, versions)


def write(package, name, cases, **versions):
    """A file of cases made with the script's one stream."""
    save(package, name, cases, SEED, versions)


def save(package, name, cases, seed, versions):
    path = os.path.join(ROOT, 'packages', package, 'goldens', name + '.json')
    os.makedirs(os.path.dirname(path), exist_ok=True)
    head = dict(script='tools/goldens/' + os.path.basename(sys.argv[0]), torch=torch.__version__, **versions, seed=seed)
    fields = [f'{json.dumps(key)}: {json.dumps(value)}' for key, value in head.items()]
    if isinstance(cases, dict):
        lines = [f'{json.dumps(key)}: {json.dumps(value)}' for key, value in cases.items()]
        body = '{\n' + ',\n'.join(lines) + '\n}'
    else:
        body = '[\n' + ',\n'.join(json.dumps(case) for case in cases) + '\n]'
    with open(path, 'w') as file:
        file.write('{\n' + ',\n'.join(fields) + ',\n"cases": ' + body + '\n}\n')
