import { Command, CommanderError, Option } from 'commander';
import pc from 'picocolors';
import { backendNames } from '../backends/names';
import { BackendUnavailable } from '../backends/unavailable';
import { datasetNames, defaultDataset } from '../data/datasets';
import { profileNames } from '../models/model-definition';
import { defaultModels, modelNames } from '../models/models';
import { commandName } from './command-name';
import { compareCommand } from './compare-command';
import type { Dependencies, Streams } from './dependencies';
import { type DoctorFlags, doctorCommand } from './doctor-command';
import { type ExportFlags, exportCommand } from './export-command';
import { listCommand } from './list-command';
import { decimal, distinct, enumerate, filled, integer, listOf, oneOf, suggestion } from './parse';
import { resumeCommand } from './resume-command';
import { type ServeFlags, serveCommand } from './serve-command';
import { type StepFlags, stepCommand } from './step-command';
import { type TrainFlags, trainCommand } from './train-command';
import { UsageError } from './usage-error';

const NAME = 'tenfold-bench';
const commands = ['step', 'serve', 'doctor', 'list', 'compare', 'export'];
const examples: [args: string, effect: string][] = [
  ['', 'quick comparison, minutes on a laptop'],
  ['--models cnn,vit --epochs 1', 'two models, one epoch each'],
  ['--resume runs/NAME', 'resume an interrupted run'],
  ['step --model cnn --batch 500', 'training throughput of this machine'],
  ['serve', 'train in the browser'],
  ['doctor', 'which backends work here, how to fix the others'],
  ['list', 'all runs in runs/'],
  ['compare RUN RUN --out page.html', 'compare runs of different machines or backends'],
  ['export --csv RUN', 'every step, for a spreadsheet'],
  ['export --svg RUN --out curves.svg', 'a chart of the accuracies over training time'],
];
const exitCodes = `
Exit codes: 0 done, 1 failed, 2 usage error, 3 done but something could not be
written (such as on a full disk), 130 stopped by Ctrl-C, 143 by SIGTERM,
129 by a closed terminal.`;

/**
 * The examples and exit codes at the end of the help.
 *
 * @param start how the bench is started
 * @param columns of the terminal; where a line is wider, each effect gets a line
 */
const showExamples = (start: string, columns: number): string => {
  const oneLine = ([args, effect]: readonly [string, string]) =>
    `  $ ${`${start} ${args}`.padEnd(start.length + 36)}${effect}`;
  const isWide = examples.some((example) => oneLine(example).length > columns);
  const lines = examples.map((example) => {
    const [args, effect] = example;
    return isWide ? `  $ ${`${start} ${args}`.trimEnd()}\n      ${effect}` : oneLine(example);
  });
  return `\nExamples:\n${lines.join('\n')}\n${exitCodes}`;
};

/**
 * Runs the command line.
 *
 * @param argv the arguments alone, without node and the script
 * @returns the exit code
 */
export async function runCli(
  argv: string[],
  deps: Dependencies,
  streams: Streams,
  version: string,
): Promise<number> {
  let code = 0;
  const program = createProgram(deps, streams, version, (result) => {
    code = result;
  });
  try {
    assertOneModel(argv);
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2; // it has been printed
    const usage = error instanceof UsageError;
    const unexpected = !usage && !(error instanceof BackendUnavailable) && streams.env.DEBUG;
    streams.err.write(`${NAME}: ${formatError(error)}\n`);
    if (unexpected && error instanceof Error) streams.err.write(`${pc.dim(error.stack ?? '')}\n`);
    return usage ? 2 : 1;
  }
}

/** Throws for the option of the default command in place of step's, before commander misses step's. */
function assertOneModel([command, ...flags]: string[]): void {
  if (command !== 'step' || !flags.some((flag) => /^--models(=|$)/.test(flag))) return;
  throw new UsageError(
    'step: there is no option --models, because it measures one model; did you mean --model?',
  );
}

/** The command line with all commands and options. @param done is called with the exit code of the command that ran */
export function createProgram(
  deps: Dependencies,
  streams: Streams,
  version: string,
  done: (code: number) => void,
): Command {
  const backend = () =>
    new Option(
      '-b, --backend <name>',
      `backend: ${enumerate(backendNames)} (default: the first of these that works here)`,
    ).argParser(oneOf(backendNames));
  const seed = () =>
    new Option('-s, --seed <number>', 'seed of all random numbers').default(0).argParser(integer(0));
  const dataset = (help: string) =>
    new Option('-d, --dataset <name>', `${help}: ${enumerate(datasetNames)}`)
      .default(defaultDataset)
      .argParser(oneOf(datasetNames));
  const threads = () =>
    new Option(
      '--threads <count>',
      'threads for simd, node or node-gpu (default: the backend decides)',
    ).argParser(integer(1, 64));
  const v8Flags = () =>
    new Option(
      '--no-v8-flags',
      "do not set V8's experimental flags, which make simd faster in some versions of Node",
    );
  const cache = () =>
    new Option(
      '--cache <folder>',
      "dataset cache (default: $TENFOLD_CACHE, else the user's cache folder)",
    ).argParser(filled);
  const runs = (text: string, before: string[] = []) => [...before, filled(text)];

  const start = commandName(streams.env);
  const program = new Command(start)
    .description('Trains networks on images and compares the results on CIFAR-10 with the tables of a paper.')
    .version(version, '-V, --version')
    .argument('[command]', `${enumerate(commands)}; the default trains models and compares them`)
    .usage(`[options] | ${commands.map((name) => `${name} [options]`).join(' | ')}`)
    .enablePositionalOptions()
    .showHelpAfterError(`Try '${start} --help'.`)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void streams.out.write(text),
      writeErr: (text) => void streams.err.write(text),
      outputError: (text, write) => write(text.replace(/^error:/, `${NAME}:`)),
    })
    .addOption(
      new Option('-p, --profile <name>', `size of models and length of training: ${enumerate(profileNames)}`)
        .default('quick')
        .argParser(oneOf(profileNames)),
    )
    .addOption(
      new Option('-m, --models <list>', `models to train, separated by commas: ${modelNames.join(', ')}`)
        .default([...defaultModels], defaultModels.join(','))
        .argParser(distinct(listOf(oneOf(modelNames)))),
    )
    .addOption(dataset('dataset to train on'))
    .addOption(backend())
    .addOption(seed())
    .addOption(
      new Option('--seeds <count>', 'train each model this many times, with consecutive seeds')
        .default(1)
        .argParser(integer(1, 1000)),
    )
    .addOption(
      new Option(
        '--held-out <count>',
        'hold out this many training images and evaluate on them instead of the test images (use for tuning)',
      )
        .default(0)
        .argParser(integer(0, 40_000)),
    )
    .addOption(
      new Option('-e, --epochs <count>', "epochs of every model, instead of the profile's").argParser(
        integer(1),
      ),
    )
    .addOption(
      new Option(
        '--set <key=value>',
        'override one recipe value, such as cnn.architecture.widths=64,128,128 (repeatable)',
      ).argParser((text: string, before: string[] = []) => [...before, filled(text)]),
    )
    .option(
      '--recipes <file>',
      'JSON file of overrides, such as { "cnn": { "epochs": 9 } }; --set takes precedence',
      filled,
    )
    .addOption(threads())
    .addOption(v8Flags())
    .option(
      '-o, --out <folder>',
      'output folder, new or empty (default: runs/<time>-<profile>-<backend>)',
      filled,
    )
    .addOption(cache())
    .option('--resume <run>', 'resume an interrupted run, given by its folder or its name in runs/', filled)
    .addOption(
      new Option(
        '--checkpoint-minutes <minutes>',
        'minutes between checkpoints, in addition to one after every epoch; 0: one after every step (default: 5)',
      ).argParser(decimal(0)),
    )
    .option('--no-measure', 'only train: no forecast, no peak measurement, no inference timing')
    .option('--force-unlock', 'with --resume: take over a run that another host has locked')
    .addHelpText('after', showExamples(start, streams.out.columns || 80))
    .action(async (command: string | undefined, flags: TrainFlags) => {
      if (command !== undefined) {
        throw new UsageError(
          `unknown command '${command}'; expected ${enumerate(commands)}, or no command, to train.${suggestion(command, commands)}`,
        );
      }
      const explicit = Object.keys(flags).filter((name) => program.getOptionValueSource(name) === 'cli');
      done(
        flags.resume === undefined
          ? await trainCommand(flags, deps, streams)
          : await resumeCommand({ ...flags, resume: flags.resume }, explicit, deps, streams),
      );
    });

  inherit(program.command('step'), program)
    .description('Measures the training throughput of one model on random images; no dataset is loaded.')
    .addOption(
      new Option('-m, --model <name>', `model to measure: ${enumerate(modelNames)}`)
        .makeOptionMandatory()
        .argParser(oneOf(modelNames)),
    )
    .addOption(dataset('dataset whose image size, channels and classes to use'))
    .addOption(
      new Option(
        '-w, --widths <list>',
        "layer sizes, such as 64,256,256 (default: the model's full size)",
      ).argParser(listOf(integer(1, 65536))),
    )
    .addOption(backend())
    .addOption(new Option('--batch <count>', 'images per step').default(128).argParser(integer(1, 65536)))
    .addOption(new Option('--steps <count>', 'steps to measure').default(10).argParser(integer(1)))
    .addOption(seed())
    .addOption(threads())
    .addOption(v8Flags())
    .option('--json', 'print one JSON object, with the time of every step')
    .action(async (flags: StepFlags) => done(await stepCommand(flags, deps, streams)));

  inherit(program.command('serve'), program)
    .description('Serves the bench as a page that trains in the browser, on WebGPU or simd.')
    .addOption(
      new Option('--port <number>', 'port to listen on; 0: any free port')
        .default(8010)
        .argParser(integer(0, 65535)),
    )
    .addOption(new Option('--host <address>', 'address to listen on').default('127.0.0.1'))
    .addOption(cache())
    .action(async (flags: ServeFlags) => done(await serveCommand(flags, deps, streams)));

  inherit(program.command('doctor'), program)
    .description('Checks which backends work here, and says how to fix those that do not.')
    .addOption(cache())
    .addOption(v8Flags())
    .option('--json', 'print one JSON object')
    .action(async (flags: DoctorFlags) => done(await doctorCommand(flags, deps, streams)));

  inherit(program.command('list'), program)
    .description('Lists the runs in a folder with date, progress, backend and accuracies.')
    .addOption(new Option('--dir <folder>', 'folder with the runs').default('runs').argParser(filled))
    .option('--json', 'print one JSON array')
    .action(async (flags: { dir: string; json?: boolean }) => done(await listCommand(flags, streams)));

  inherit(program.command('compare'), program)
    .description('Compares finished runs: settings that differ, accuracies, times, rates and operations.')
    .argument('<runs...>', 'two or more runs, each a folder or a name in runs/', runs)
    .option('-o, --out <file>', 'also write the comparison as .html, with curves, or as .md', filled)
    .action(async (runs: string[], flags: { out?: string }) =>
      done(await compareCommand(runs, flags, streams)),
    );

  inherit(program.command('export'), program)
    .description('Exports the steps or epochs of runs as CSV, or a chart of their accuracies as SVG.')
    .argument(
      '<runs...>',
      'one or more runs, each a folder or a name in runs/; RUN:cnn,vit selects models of a run',
      runs,
    )
    .option('--csv', 'write the steps as CSV (RFC 4180)')
    .option('--epochs', 'with --csv: one line per epoch instead of one per step')
    .option('--svg', 'write a chart of the accuracies of finished runs as SVG')
    .addOption(
      new Option('--over <axis>', 'with --svg: the x axis (default: seconds)').choices([
        'epoch',
        'seconds',
        'flops',
        'joules',
      ]),
    )
    .option('-o, --out <file>', 'file to write (default: standard output)', filled)
    .action(async (runs: string[], flags: ExportFlags) => done(await exportCommand(runs, flags, streams)));

  return program;
}

function inherit(command: Command, parent: Command): Command {
  return command
    .copyInheritedSettings(parent)
    .allowExcessArguments(false)
    .showHelpAfterError(`Try '${parent.name()} ${command.name()} --help'.`);
}

/** The message, followed by the messages of the errors that an `AggregateError` joins. */
function formatError(error: unknown): string {
  if (error instanceof AggregateError) return [error.message, ...error.errors.map(formatError)].join('\n  ');
  return error instanceof Error ? error.message : String(error);
}
