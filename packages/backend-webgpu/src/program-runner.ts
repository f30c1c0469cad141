import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { BackendCore } from './backend-core';
import type { Float16Storage } from './float16-storage';
import { buildShader, type Program } from './program';
import { record, uniformBuffer } from './tfjs-internals';

const TFJS_TYPES = { u32: 'uint32', i32: 'int32', f32: 'float32' } as const;

/** Compiles programs, once each, and records their dispatches. */
export class ProgramRunner {
  private readonly pipelines = new Map<string, GPUComputePipeline>();

  constructor(
    private readonly backend: BackendCore,
    private readonly float16Storage: Float16Storage,
  ) {}

  /** Runs a program on tensors stored as float32 or float16; nothing when it has no workgroups or all outputs are empty. */
  run(program: Program): void {
    const { backend, float16Storage } = this;
    const { inputs, outputs, groups } = program;
    const isEmpty = ({ shape }: TensorInfo) => util.sizeFromShape(shape) === 0;
    if (groups.some((count) => count === 0) || Object.values(outputs).every(isEmpty)) return;
    const float16 = Object.entries({ ...inputs, ...outputs })
      .filter(([, info]) => float16Storage.of(info))
      .map(([name]) => name);
    const name = float16.length > 0 ? `${program.name}, float16 ${float16.join(' ')}` : program.name;
    const floats = Object.values(inputs).map((info) => backend.asFloats(info));
    const resources: GPUBindingResource[] = [...floats, ...Object.values(outputs)].map((info) =>
      backend.binding(float16Storage.of(info) ?? info),
    );
    const values = Object.values(program.uniforms ?? {});
    if (values.length > 0) {
      const typed = values.map(({ type, value }) => ({ type: TFJS_TYPES[type], data: [value] }));
      resources.push({ buffer: uniformBuffer(backend, typed) });
    }
    const pipeline = this.pipeline(name, { ...program, float16 });
    const bindGroup = backend.device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: resources.map((resource, binding) => ({ binding, resource })),
    });
    record(backend, name, pipeline, bindGroup, groups);
    for (const [i, info] of Object.values(inputs).entries()) {
      if (floats[i] !== info) backend.disposeData((floats[i] as TensorInfo).dataId);
    }
  }

  private pipeline(name: string, program: Program): GPUComputePipeline {
    let pipeline = this.pipelines.get(name);
    if (!pipeline) {
      const { device } = this.backend;
      const module = device.createShaderModule({ label: name, code: buildShader(program) });
      const compute = { module, entryPoint: 'main' };
      pipeline = device.createComputePipeline({ label: name, layout: 'auto', compute });
      this.pipelines.set(name, pipeline);
    }
    return pipeline;
  }
}
