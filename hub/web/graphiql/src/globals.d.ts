declare module globalThis {
  var MonacoEnvironment: import('monaco-editor').Environment | undefined;
}
