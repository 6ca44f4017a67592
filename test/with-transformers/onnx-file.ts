/**
 * Just enough of the ONNX format to write a model by hand. Field numbers are those of onnx.proto3
 * (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3).
 */
export interface OnnxGraph {
  readonly constants: readonly OnnxConstant[];
  readonly nodes: readonly OnnxNode[];
  /** All of them int64 of [batch, length]. */
  readonly inputs: readonly string[];
  readonly output: {
    readonly name: string;
    /** Of float32; a name is a dimension that varies. */
    readonly dimensions: readonly (string | number)[];
  };
}

export interface OnnxConstant {
  readonly name: string;
  readonly dimensions: readonly number[];
  readonly values: Float32Array | BigInt64Array;
}

/** `output = operator(inputs)`. */
export interface OnnxNode {
  readonly output: string;
  readonly operator: string;
  readonly inputs: readonly string[];
  /** Whole numbers only. */
  readonly attributes?: Readonly<Record<string, number>>;
}

export const elementTypes = { float: 1, int64: 7 } as const;

export function onnxModel({ constants, nodes, inputs, output }: OnnxGraph): Buffer {
  const graph = [
    ...nodes.map(nodeOf),
    text(2, 'tiny'),
    ...constants.map(tensorOf),
    ...inputs.map((name) => message(11, infoOf(name, elementTypes.int64, ['batch', 'length']))),
    message(12, infoOf(output.name, elementTypes.float, output.dimensions)),
  ];
  const opset = [text(1, ''), number(2, 13)];
  return Buffer.concat([number(1, 8), text(2, 'ecphory'), message(7, graph), message(8, opset)]);
}

function nodeOf({ output, operator, inputs, attributes = {} }: OnnxNode): Buffer {
  const integer = 2;
  return message(1, [
    ...inputs.map((input) => text(1, input)),
    text(2, output),
    text(3, `make_${output}`),
    text(4, operator),
    ...Object.entries(attributes).map(([name, value]) =>
      message(5, [text(1, name), number(3, value), number(20, integer)]),
    ),
  ]);
}

function tensorOf({ name, dimensions, values }: OnnxConstant): Buffer {
  return message(5, [
    ...dimensions.map((dimension) => number(1, dimension)),
    number(2, values instanceof Float32Array ? elementTypes.float : elementTypes.int64),
    text(8, name),
    bytes(9, Buffer.from(values.buffer)),
  ]);
}

function infoOf(name: string, type: number, dimensions: readonly (string | number)[]): readonly Buffer[] {
  const shape = dimensions.map((dimension) =>
    message(1, [typeof dimension === 'string' ? text(2, dimension) : number(1, dimension)]),
  );
  return [text(1, name), message(2, [message(1, [number(1, type), message(2, shape)])])];
}

/* Protocol buffers: a field is its number and wire type (0 a varint, 2 bytes with their length), then its value. */

function number(field: number, value: number): Buffer {
  return Buffer.concat([varint(field * 8), varint(value)]);
}

function bytes(field: number, value: Buffer): Buffer {
  return Buffer.concat([varint(field * 8 + 2), varint(value.length), value]);
}

function text(field: number, value: string): Buffer {
  return bytes(field, Buffer.from(value));
}

function message(field: number, parts: readonly Buffer[]): Buffer {
  return bytes(field, Buffer.concat(parts));
}

function varint(value: number): Buffer {
  const groups: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) groups.push((rest % 128) + 128);
  return Buffer.from([...groups, rest]);
}
