import { AntidoteError, type Place } from './error.ts'
import { meant } from './meant.ts'

/** Errors of configs, plugins and image directories. */
export const configErrors = {
  configMissing: (from: string) =>
    new AntidoteError(
      'CONFIG_MISSING',
      `No antidote.config.ts in ${from} or a directory above it, up to the root of its repository.`,
      {
        exitCode: 2,
        hint: 'Write one with `antidote init`, or name one with -C <dir> or --config <file>.',
      },
    ),
  configUnreadable: (file: string, reason: string) =>
    new AntidoteError('CONFIG_UNREADABLE', `The config ${file} cannot be read: ${reason}.`, {
      exitCode: 2,
      place: { file },
    }),
  configForeign: (file: string, path: string, reason: string, directory: string) =>
    new AntidoteError(
      'CONFIG_FOREIGN',
      `The config ${file} is not used: ${path === file ? 'it' : path} ${reason}.`,
      {
        exitCode: 2,
        hint: `A config is a program. If you trust this one, set ANTIDOTE_TRUST=${directory}.`,
      },
    ),
  configNotTypeScript: (file: string) =>
    new AntidoteError('CONFIG_NOT_TYPESCRIPT', `The config ${file} is not a TypeScript file.`, {
      exitCode: 2,
      hint: 'Name it antidote.config.ts and export the result of defineImage() as its default.',
      place: { file },
    }),
  configThrew: (place: Place, message: string, cause: unknown, hint?: string) =>
    new AntidoteError('CONFIG_THREW', `The config threw while it was loaded: ${message}`, {
      exitCode: 2,
      place,
      cause,
      ...(hint && { hint }),
    }),
  /** `near` is the entry point of antidote that was meant. */
  configImport: (place: Place, name: string, directory: string, near: string | undefined) => {
    const [, packageName] = /^((?:@[^/]+\/)?[^@./][^/]*)/.exec(name) ?? []
    if (packageName === undefined)
      return new AntidoteError('CONFIG_IMPORT', `The config imports "${name}", which is not there.`, {
        exitCode: 2,
        place,
        hint: 'Write the path relative to the file that imports it, with its ending: "./motd.ts".',
      })
    if (packageName === 'antidote')
      return new AntidoteError(
        'CONFIG_IMPORT',
        `The config imports "${name}", which antidote does not have.`,
        {
          exitCode: 2,
          place,
          hint: near
            ? `Did you mean "${near}"?`
            : 'Import from "antidote", "antidote/plugins", "antidote/presets" or "antidote/testing".',
        },
      )
    return new AntidoteError('CONFIG_IMPORT', `The config imports "${name}", which is not installed.`, {
      exitCode: 2,
      place,
      hint: near
        ? `Did you mean "${near}"? If not, run \`npm install ${packageName}\` in ${directory}.`
        : `Run \`npm install ${packageName}\` in ${directory}.`,
    })
  },
  configSyntax: (place: Place, message: string) =>
    new AntidoteError('CONFIG_SYNTAX', `The config is not valid TypeScript: ${message}.`, {
      exitCode: 2,
      place,
    }),
  configNoDefault: (file: string) =>
    new AntidoteError('CONFIG_NO_DEFAULT', 'The config has no default export made by defineImage().', {
      exitCode: 2,
      place: { file },
      hint: 'Write `export default defineImage({ … })`.',
    }),
  configInvalid: (place: Place, message: string) =>
    new AntidoteError(
      'CONFIG_INVALID',
      `${place.property ? `"${place.property}"` : 'The image'} ${message}`,
      { exitCode: 2, place },
    ),
  configUnknownKey: (place: Place, key: string, known: string | undefined) =>
    new AntidoteError('CONFIG_UNKNOWN_KEY', `"${key}" is not a setting of an image.${meant(known)}`, {
      exitCode: 2,
      place,
      hint: 'See docs/reference/config for the settings.',
    }),
  pluginTwice: (name: string, place: Place) =>
    new AntidoteError('PLUGIN_TWICE', `The plugin "${name}" is used twice in one image.`, {
      exitCode: 2,
      place,
      hint: 'Remove one of them, or give one another name.',
    }),
  pluginInvalid: (what: string, reason: string, place: Place) =>
    new AntidoteError('PLUGIN_INVALID', `${what} is not a plugin: ${reason}.`, {
      exitCode: 2,
      place,
      hint: 'A plugin is what definePlugin({ name, version, options, apply }) gives.',
    }),
  pluginTooNew: (name: string, wants: number, has: number, place: Place) =>
    new AntidoteError(
      'PLUGIN_TOO_NEW',
      `The plugin "${name}" was written for plugin API ${wants}; this antidote has API ${has}.`,
      {
        exitCode: 2,
        place,
        hint: 'Update antidote, or use an earlier release of the plugin.',
      },
    ),
  pluginOption: (plugin: string, message: string, hint?: string) =>
    new AntidoteError('PLUGIN_OPTION', `${plugin}: ${message}`, { exitCode: 2, ...(hint && { hint }) }),

  fileUnreadable: (path: string, reason: string, cause?: unknown) =>
    new AntidoteError('FILE_UNREADABLE', `${path} cannot be read: ${reason}.`, {
      exitCode: 2,
      hint: 'Correct the file or its permissions, or name another one.',
      cause,
    }),
  fileOutside: (path: string, directory: string) =>
    new AntidoteError('FILE_OUTSIDE', `${path} leads out of ${directory}.`, {
      exitCode: 2,
      hint: 'Put the file itself into that directory, and name it by a relative path.',
    }),

  noTreeAt: (stage: string, known: readonly string[]) =>
    new AntidoteError('NO_TREE', `There is no tree to open a shell in after "${stage}".`, {
      exitCode: 2,
      hint: `Name one of ${known.join(', ')}; for the machine itself use \`antidote boot\`.`,
    }),
  noTreeToTest: (stage: string) =>
    new AntidoteError('PLUGIN_TEST_DISK', `After "${stage}" there is a disk, and no tree to look at.`, {
      exitCode: 2,
      hint: 'Let testPlugin() end before that, with `until`; test the machine with `antidote test`.',
    }),
  presetUnknown: (name: string, presets: readonly string[], near: string | undefined) =>
    new AntidoteError('PRESET_UNKNOWN', `There is no template "${name}".${meant(near)}`, {
      exitCode: 2,
      hint: `Name a preset (${presets.join(', ')}) for an image, or \`plugin\` for a plugin.`,
    }),
  initOccupied: (preset: string, directory: string, reason: string) =>
    new AntidoteError(
      'INIT_OCCUPIED',
      `${directory} ${reason}; a directory is written only where there is nothing.`,
      {
        exitCode: 2,
        hint: `Name another directory: \`antidote init ${preset} <dir>\`.`,
      },
    ),
  initFailed: (directory: string, reason: string) =>
    new AntidoteError('INIT_FAILED', `The directory ${directory} cannot be written: ${reason}.`, {
      hint: 'Nothing of it was left behind; name a directory that you may write.',
    }),
} as const
