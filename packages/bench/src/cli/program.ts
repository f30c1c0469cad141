import { Command, CommanderError, Option } from 'commander';
import pc from 'picocolors';
import { backendNames } from '../backends/names';
import { BackendUnavailable } from '../backends/unavailable';
import { datasetNames, defaultDataset } from '../data/datasets';
import { profileNames } from '../models/model-definition';
import { defaultModels, modelNames } from '../models/models';
import { compareCommand } from './compare-command';
import type { Dependencies, Streams } from './dependencies';
import { type DoctorFlags, doctorCommand } from './doctor-command';
import { type ExportFlags, exportCommand } from './export-command';
import { listCommand } from './list-command';
import { decimal, distinct, enumerate, integer, listOf, oneOf, suggestion } from './parse';
import { resumeCommand } from './resume-command';
import { type ServeFlags, serveCommand } from './serve-command';
import { type StepFlags, stepCommand } from './step-command';
import { type TrainFlags, trainCommand } from './train-command';
import { UsageError } from './usage-error';

const NAME = 'tenfold-bench';
const commands = ['step', 'serve', 'doctor', 'list', 'compare', 'export'];
const examples = `
Examples:
  $ ${NAME}                                   the quick comparison, minutes on a laptop
  $ ${NAME} --models cnn,vit --epochs 1       two models, one epoch each
  $ ${NAME} --resume runs/NAME                resume a run that was stopped
  $ ${NAME} step --model cnn --batch 500      how many images per second this machine trains on
  $ ${NAME} serve                             the bench as a page, to train in the browser
  $ ${NAME} doctor                            what can train here, and what to do about the rest
  $ ${NAME} list                              the runs in runs/, finished and not
  $ ${NAME} compare RUN RUN --out page.html   runs of different machines or backends side by side
  $ ${NAME} export --csv RUN                  every step, for a spreadsheet
  $ ${NAME} export --svg RUN --out curves.svg the accuracies over training time, as a picture

Exit codes: 0 done, 1 failed, 2 usage error, 3 done but something could not be
written (a full disk), 130 stopped by Ctrl-C, 143 by SIGTERM,
129 by a closed terminal.`;

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
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2; // it has been printed
    const usage = error instanceof UsageError;
    const unexpected = !usage && !(error instanceof BackendUnavailable) && streams.env.DEBUG;
    streams.err.write(`${NAME}: ${messageOf(error)}\n`);
    if (unexpected && error instanceof Error) streams.err.write(`${pc.dim(error.stack ?? '')}\n`);
    return usage ? 2 : 1;
  }
}

function createProgram(
  deps: Dependencies,
  streams: Streams,
  version: string,
  done: (code: number) => void,
): Command {
  const backend = () =>
    new Option(
      '-b, --backend <name>',
      `${enumerate(backendNames)} (default: the first of these that trains here)`,
    ).argParser(oneOf(backendNames));
  const seed = () =>
    new Option('-s, --seed <number>', 'seed of everything random').default(0).argParser(integer(0));
  const dataset = (help: string) =>
    new Option('-d, --dataset <name>', `${help}: ${enumerate(datasetNames)}`)
      .default(defaultDataset)
      .argParser(oneOf(datasetNames));
  const threads = () => new Option('--threads <count>', 'threads to compute on').argParser(integer(1, 64));
  const v8Flags = () =>
    new Option(
      '--no-v8-flags',
      "leave V8's experimental flags alone: they make simd faster here, and are checked before use",
    );
  const cache = () =>
    new Option('--cache <folder>', 'where datasets are kept (default: TENFOLD_CACHE, else the user cache)');

  const program = new Command(NAME)
    .description('Trains networks on CIFAR-10, compared with the tables of a paper, or on other images.')
    .version(version, '-V, --version')
    .argument('[command]', `${enumerate(commands)}; without one, the comparison`)
    .usage(`[options] | ${commands.map((name) => `${name} [options]`).join(' | ')}`)
    .enablePositionalOptions()
    .showHelpAfterError(`Try '${NAME} --help'.`)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void streams.out.write(text),
      writeErr: (text) => void streams.err.write(text),
      outputError: (text, write) => write(text.replace(/^error:/, `${NAME}:`)),
    })
    .addOption(
      new Option('-p, --profile <name>', `how long and how large to train: ${enumerate(profileNames)}`)
        .default('quick')
        .argParser(oneOf(profileNames)),
    )
    .addOption(
      new Option('-m, --models <list>', `of ${modelNames.join(', ')}`)
        .default([...defaultModels], defaultModels.join(','))
        .argParser(distinct(listOf(oneOf(modelNames)))),
    )
    .addOption(dataset('what to train on'))
    .addOption(backend())
    .addOption(seed())
    .addOption(
      new Option('--seeds <count>', 'how many seeds to train every model with: this one and those after it')
        .default(1)
        .argParser(integer(1, 1000)),
    )
    .addOption(
      new Option(
        '--held-out <count>',
        'training images to keep from training and to evaluate on instead of the test images, to tune by',
      )
        .default(0)
        .argParser(integer(0, 40_000)),
    )
    .addOption(
      new Option('-e, --epochs <count>', "epochs of every model, in place of the profile's").argParser(
        integer(1),
      ),
    )
    .addOption(
      new Option(
        '--set <key=value>',
        'one value of a recipe, such as cnn.architecture.widths=64,128,128; may be given several times',
      ).argParser((text: string, before: string[] = []) => [...before, text]),
    )
    .option('--recipes <file>', 'JSON file of such values: { "cnn": { "epochs": 9 } }; --set comes after it')
    .addOption(threads())
    .addOption(v8Flags())
    .option(
      '-o, --out <folder>',
      'folder of the run, new or empty (default: runs/<time>-<profile>-<backend>)',
    )
    .addOption(cache())
    .option(
      '--resume <run>',
      'resume a run that was stopped: its folder, or its name in runs/; all else is as it was',
    )
    .addOption(
      new Option(
        '--checkpoint-minutes <minutes>',
        'between two checkpoints, besides one after every epoch; 0: one after every step (default: 5)',
      ).argParser(decimal(0)),
    )
    .option(
      '--no-measure',
      'train alone: without the forecast, the peak of the backend and the speed of predictions',
    )
    .option('--force-unlock', 'with --resume: take the run though another host may be working on it')
    .addHelpText('after', examples)
    .action(async (command: string | undefined, flags: TrainFlags) => {
      if (command !== undefined) {
        throw new UsageError(
          `unknown command '${command}'; expected ${enumerate(commands)}, or none for the comparison.${suggestion(command, commands)}`,
        );
      }
      const given = Object.keys(flags).filter((name) => program.getOptionValueSource(name) === 'cli');
      done(
        flags.resume === undefined
          ? await trainCommand(flags, deps, streams)
          : await resumeCommand({ ...flags, resume: flags.resume }, given, deps, streams),
      );
    });

  inherit(program.command('step'), program)
    .description('Measures the training throughput of one model on random images; no dataset is loaded.')
    .addOption(
      new Option('-m, --model <name>', enumerate(modelNames))
        .makeOptionMandatory()
        .argParser(oneOf(modelNames)),
    )
    .addOption(dataset('whose image size, channels and classes to take'))
    .addOption(
      new Option(
        '-w, --widths <list>',
        'sizes of its layers, such as 64,256,256 (default: its full size)',
      ).argParser(listOf(integer(1, 65536))),
    )
    .addOption(backend())
    .addOption(new Option('--batch <count>', 'images of a step').default(128).argParser(integer(1, 65536)))
    .addOption(new Option('--steps <count>', 'steps that are measured').default(10).argParser(integer(1)))
    .addOption(seed())
    .addOption(threads())
    .addOption(v8Flags())
    .option('--json', 'print one JSON object, all times included')
    .action(async (flags: StepFlags) => done(await stepCommand(flags, deps, streams)));

  inherit(program.command('serve'), program)
    .description('Opens the bench as a page: trains in the browser, on WebGPU or simd.')
    .addOption(
      new Option('--port <number>', '0: any that is free').default(8010).argParser(integer(0, 65535)),
    )
    .addOption(new Option('--host <address>', 'that it listens on').default('127.0.0.1'))
    .addOption(cache())
    .action(async (flags: ServeFlags) => done(await serveCommand(flags, deps, streams)));

  inherit(program.command('doctor'), program)
    .description('Says which backends train here, why the others do not, and what to do.')
    .addOption(cache())
    .addOption(v8Flags())
    .option('--json', 'print one JSON object')
    .action(async (flags: DoctorFlags) => done(await doctorCommand(flags, deps, streams)));

  inherit(program.command('list'), program)
    .description('Shows the runs in a folder: when, how far, on which backend, with which accuracies.')
    .addOption(new Option('--dir <folder>', 'that holds the runs').default('runs'))
    .option('--json', 'print one JSON array')
    .action(async (flags: { dir: string; json?: boolean }) => done(await listCommand(flags, streams)));

  inherit(program.command('compare'), program)
    .description(
      'Compares finished runs side by side: accuracies, times, rates, operations, and what differs.',
    )
    .argument('<runs...>', 'two or more: their folders, or their names in runs/')
    .option('-o, --out <file>', 'also write a page, .html with curves or .md')
    .action(async (runs: string[], flags: { out?: string }) =>
      done(await compareCommand(runs, flags, streams)),
    );

  inherit(program.command('export'), program)
    .description('Writes the steps of runs as a table, one line a step, or draws their accuracies.')
    .argument(
      '<runs...>',
      'one or more: their folders, or their names in runs/; RUN:cnn,vit for some of its models alone',
    )
    .option('--csv', 'as CSV (RFC 4180)')
    .option('--epochs', 'with --csv, one line an epoch in place of one a step')
    .option('--svg', 'as a chart of the accuracies of finished runs')
    .addOption(
      new Option('--over <axis>', "the chart's other axis (default: seconds)").choices([
        'epoch',
        'seconds',
        'flops',
        'joules',
      ]),
    )
    .option('-o, --out <file>', 'in place of the standard output')
    .action(async (runs: string[], flags: ExportFlags) => done(await exportCommand(runs, flags, streams)));

  return program;
}

function inherit(command: Command, parent: Command): Command {
  return command.copyInheritedSettings(parent).allowExcessArguments(false);
}

/** The message, and those of its causes that say more. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return [error.message, ...error.errors.map(messageOf)].join('\n  ');
  return error instanceof Error ? error.message : String(error);
}
