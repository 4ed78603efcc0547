// `antidote/testing`: what the authors of plugins and configs need to test a machine
/// <reference types="node" preserve="true" />

export type { MachineSpec } from '../../base/model/machine-spec.ts'
export type { ExecOptions, Guest, GuestResult, WriteOptions } from '../../machine/guest/guest.ts'
export type { RunningMachine } from '../../machine/running.ts'
export { eventually, expectFile, expectOutput } from '../testing/expect.ts'
export { runScript } from '../testing/script.ts'
export type { MachineTest } from '../testing/standard.ts'
export { type PluginTest, type PluginTestOptions, pluginKeys, testPlugin } from './plugin.ts'
