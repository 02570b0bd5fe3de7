// Runs a TensorFlow Lite model with the interpreter of npm's @tensorflow/tfjs-tflite.
// node interpreter.js WASM_FOLDER MODEL INPUT OUTPUT_FOLDER: input and outputs are raw, little-endian tensors;
// prints a line "file<TAB>name" for each output.
const fs = require("fs");
const path = require("path");
const [wasm, model, input, outputs] = process.argv.slice(2);
const factory = require(path.join(wasm, "tflite_web_api_cc_simd.js"));

const list = vector => Array.from({ length: vector.size() }, (_, index) => vector.get(index));

async function main() {
  const module = await factory({ wasmBinary: fs.readFileSync(path.join(wasm, "tflite_web_api_cc_simd.wasm")), print: () => {} });
  const bytes = fs.readFileSync(model);
  const buffer = module._malloc(bytes.length);
  module.HEAPU8.set(bytes, buffer);
  const options = { numThreads: 1, enableProfiling: false, maxProfilingBufferEntries: 1024 };
  const created = module.TFLiteWebModelRunner.CreateFromBufferAndOptions(buffer, bytes.length, options);
  if (!created.ok()) throw new Error(created.errorMessage());
  const runner = created.value();
  const target = list(runner.GetInputs())[0].data();
  new Uint8Array(target.buffer, target.byteOffset, target.byteLength).set(fs.readFileSync(input));
  if (!runner.Infer()) throw new Error("the interpreter failed");
  list(runner.GetOutputs()).forEach((tensor, index) => {
    const data = tensor.data();
    fs.writeFileSync(path.join(outputs, `${index}`), new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    console.log(`${index}\t${tensor.name}`);
  });
}

main().catch(error => { console.error(error.message || error); process.exit(1); });
