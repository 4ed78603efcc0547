/** The only door to the core: for plugins, presets and configs. */
/// <reference types="node" preserve="true" />
export { defineImage, type Image } from './config/image.ts'
export type { ImageInput, MachineInput, PluginList, Port, ReadyText, Size } from './config/input.ts'
export { nearest } from './config/nearest.ts'
export { type OptionChecks, optionChecks, type VendorDiskOption } from './config/option-checks.ts'
export type { ImageConfig } from './config/schema.ts'
export { ROOT_PARTUUID } from './disk/boot-sector.ts'
export { importDisk } from './disk/import/import.ts'
export type { DiskSource } from './disk/import/types.ts'
export { bootstrapVendorDisk, vendorDiskOf } from './disk/import/vendor.ts'
export { SOURCE_DATE_EPOCH } from './epoch.ts'
export { AntidoteError, type ErrorDetails } from './errors/error.ts'
export type { RpcError } from './errors/netconf.ts'
export { readRegular } from './files/regular.ts'
export type {
  ExecOptions,
  Guest,
  GuestResult,
  SessionExec,
  SessionResult,
  WriteOptions,
} from './guest/guest.ts'
export type { HostKeys, KeyedPlace } from './host-keys/host-keys.ts'
export { type SshFiles, writeSshFiles } from './host-keys/ssh-files.ts'
export type {
  Artifact,
  Checkpoint,
  DirectBoot,
  Disk,
  DiskMachine,
  Scaffold,
  Scratch,
  Tree,
  Unkeyed,
  VendorDisk,
} from './lifecycle/artifact.ts'
export type { DiskFormat } from './lifecycle/disk-format.ts'
export type { Effect, Endpoint, StageConfiguration, StageSettings } from './lifecycle/endpoint.ts'
export type { FileRef } from './lifecycle/file-ref.ts'
export { digestFiles } from './lifecycle/key.ts'
export type { Layout } from './lifecycle/layout.ts'
export type { Logger } from './lifecycle/logger.ts'
export {
  definePlugin,
  PLUGIN_API,
  type Plugin,
  type PluginHooks,
  type TapOptions,
  type Tappable,
} from './lifecycle/plugin.ts'
export { reveal, type Secret, secret } from './lifecycle/secret.ts'
export type { Need } from './lifecycle/stages.ts'
export type { Step, StepMachine, ToolOptions } from './lifecycle/step.ts'
export * as linux from './linux/index.ts'
export type { RunningMachine } from './machine/running.ts'
export type { MachineSpec } from './machine/spec.ts'
export { listOf, select, textOf } from './netconf/data.ts'
export type { DialectName } from './netconf/dialect-name.ts'
export { readXml } from './netconf/library.ts'
export { openNetconf } from './netconf/open.ts'
export { rpcErrorsOf } from './netconf/rpc-errors.ts'
export type {
  ChangeOptions,
  CommitOptions,
  Datastore,
  EditOptions,
  HostKeyPolicy,
  LoadOptions,
  NetconfFilter,
  NetconfOptions,
  NetconfReply,
  NetconfSession,
  RpcOptions,
} from './netconf/types.ts'
export type { XmlContent, XmlData, XmlSource } from './netconf/xml.ts'
export { escapeXml, type Xml, xml } from './netconf/xml.ts'
export type { RunResult } from './process/run.ts'
export { Dialogue } from './serial/dialogue.ts'
export * as serial from './serial/index.ts'
export type { SerialLine } from './serial/line.ts'
export type { ExpectOptions, Heard } from './serial/listen.ts'
export type { DialogueOptions } from './serial/session.ts'
export type { DialogueState, Reaction, Reply } from './serial/states.ts'
export * as tasks from './tasks/index.ts'
export { hostMirror, type Mirror, sourceLines } from './toolbox/mirror.ts'
export { aptOptions, slimOptions } from './toolbox/recipe.ts'
export { toolset } from './toolbox/toolset.ts'
