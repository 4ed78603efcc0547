/** The only door to the core: for plugins, presets and configs. */
/// <reference types="node" preserve="true" />

export { AntidoteError, type ErrorDetails } from './base/errors/error.ts'
export type { RpcError } from './base/errors/netconf.ts'
export { readRegular } from './base/files/regular.ts'
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
} from './base/model/artifact.ts'
export type { DiskFormat } from './base/model/disk-format.ts'
export { SOURCE_DATE_EPOCH } from './base/model/epoch.ts'
export type { FileRef } from './base/model/file-ref.ts'
export { digestFiles } from './base/model/key.ts'
export type { Layout } from './base/model/layout.ts'
export type { Logger } from './base/model/logger.ts'
export type { MachineSpec } from './base/model/machine-spec.ts'
export { reveal, type Secret, secret } from './base/model/secret.ts'
export type { RunResult } from './base/process/run.ts'
export { nearest } from './base/text/nearest.ts'
export { importDisk } from './build/disk/import/import.ts'
export type { DiskSource } from './build/disk/import/types.ts'
export { bootstrapVendorDisk, vendorDiskOf } from './build/disk/import/vendor.ts'
export { ROOT_PARTUUID } from './build/disk/partitions/boot-sector.ts'
export * as linux from './build/linux/index.ts'
export { defineImage, type Image } from './contract/config/image.ts'
export type { ImageInput, MachineInput, PluginList, Port, ReadyText, Size } from './contract/config/input.ts'
export type { ImageConfig } from './contract/config/schema.ts'
export type { Effect, Endpoint, StageConfiguration, StageSettings } from './contract/plugin/endpoint.ts'
export { type OptionChecks, optionChecks, type VendorDiskOption } from './contract/plugin/option-checks.ts'
export {
  definePlugin,
  PLUGIN_API,
  type Plugin,
  type PluginHooks,
  type TapOptions,
  type Tappable,
} from './contract/plugin/plugin.ts'
export type { Need } from './contract/plugin/stages.ts'
export type { Step, StepMachine, ToolOptions } from './contract/plugin/step.ts'
export { toolset } from './contract/plugin/toolset.ts'
export type {
  ExecOptions,
  Guest,
  GuestResult,
  SessionExec,
  SessionResult,
  WriteOptions,
} from './machine/guest/guest.ts'
export type { HostKeys, KeyedPlace } from './machine/host-keys/host-keys.ts'
export { type SshFiles, writeSshFiles } from './machine/host-keys/ssh-files.ts'
export { listOf, select, textOf } from './machine/netconf/data.ts'
export type { DialectName } from './machine/netconf/dialect-name.ts'
export { readXml } from './machine/netconf/library.ts'
export { openNetconf } from './machine/netconf/open.ts'
export { rpcErrorsOf } from './machine/netconf/rpc-errors.ts'
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
} from './machine/netconf/types.ts'
export type { XmlContent, XmlData, XmlSource } from './machine/netconf/xml.ts'
export { escapeXml, type Xml, xml } from './machine/netconf/xml.ts'
export type { RunningMachine } from './machine/running.ts'
export { Dialogue } from './machine/serial/dialogue.ts'
export * as serial from './machine/serial/index.ts'
export type { SerialLine } from './machine/serial/line.ts'
export type { ExpectOptions, Heard } from './machine/serial/listen.ts'
export type { DialogueOptions } from './machine/serial/session.ts'
export type { DialogueState, Reaction, Reply } from './machine/serial/states.ts'
export * as tasks from './machine/tasks/index.ts'
export { hostMirror, type Mirror, sourceLines } from './store/toolbox/mirror.ts'
export { aptOptions, slimOptions } from './store/toolbox/recipe.ts'
