// `antidote/testing`: what the authors of plugins and configs need to test a machine
/// <reference types="node" preserve="true" />
export type { ExecOptions, Guest, GuestResult, WriteOptions } from '../guest/guest.ts'
export type { RunningMachine } from '../machine/running.ts'
export type { MachineSpec } from '../machine/spec.ts'
export { eventually, expectFile, expectOutput } from './expect.ts'
export { type PluginTest, type PluginTestOptions, pluginKeys, testPlugin } from './plugin.ts'
export { runScript } from './script.ts'
export type { MachineTest } from './standard.ts'
