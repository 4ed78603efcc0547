const CONFIG = 'antidote.config.ts'

/** A config whose image has these lines beside its name and plugin, from line 6 on. */
const withLines = (lines: string): string => `import { defineImage, definePlugin } from 'antidote'
const plugin = definePlugin({ name: 'p', version: '1', apply() {} })
export default defineImage({
  name: 'x',
  use: [plugin],
${lines}
})
`

/** What is wrong, with what is said and where. */
export const BAD: Record<
  string,
  { files: Record<string, string>; code: string; said: string; where: string }
> = {
  'not TypeScript': {
    files: { 'antidote.config.js': 'module.exports = {}' },
    code: 'CONFIG_NOT_TYPESCRIPT',
    said: 'The config DIR/antidote.config.js is not a TypeScript file.',
    where: 'antidote.config.js',
  },
  empty: {
    files: { [CONFIG]: '' },
    code: 'CONFIG_NO_DEFAULT',
    said: 'The config has no default export made by defineImage().',
    where: CONFIG,
  },
  'no default export': {
    files: { [CONFIG]: 'export const image = 1\n' },
    code: 'CONFIG_NO_DEFAULT',
    said: 'The config has no default export made by defineImage().',
    where: CONFIG,
  },
  'a promise': {
    files: { [CONFIG]: 'export default Promise.resolve({})\n' },
    code: 'CONFIG_NO_DEFAULT',
    said: 'The config has no default export made by defineImage().',
    where: CONFIG,
  },
  'a function': {
    files: { [CONFIG]: 'export default () => ({})\n' },
    code: 'CONFIG_NO_DEFAULT',
    said: 'The config has no default export made by defineImage().',
    where: CONFIG,
  },
  'a syntax error': {
    files: { [CONFIG]: 'export default {\n  name: "x",,\n}\n' },
    code: 'CONFIG_SYNTAX',
    said: 'The config is not valid TypeScript: Unexpected token.',
    where: `${CONFIG}:2`,
  },
  'a syntax error in a sibling': {
    files: { [CONFIG]: 'import "./sibling"\n', 'sibling.ts': '\nconst a = {,}\n' },
    code: 'CONFIG_SYNTAX',
    said: 'The config is not valid TypeScript: Unexpected token.',
    where: 'sibling.ts:2',
  },
  throwing: {
    files: { [CONFIG]: 'interface Typed {\n  a: string\n}\nthrow new Error("no way")\n' },
    code: 'CONFIG_THREW',
    said: 'The config threw while it was loaded: no way',
    where: `${CONFIG}:4`,
  },
  'throwing in a sibling': {
    files: {
      [CONFIG]: 'import { f } from "./sibling"\nexport default f()\n',
      'sibling.ts': 'export const f = () => {\n  throw new Error("no way")\n}\n',
    },
    code: 'CONFIG_THREW',
    said: 'The config threw while it was loaded: no way',
    where: 'sibling.ts:2',
  },
  'an import of something that is not there': {
    files: { [CONFIG]: 'import { defineImage } from "antidote"\nimport "./nothing.ts"\n' },
    code: 'CONFIG_IMPORT',
    said: 'The config imports "./nothing.ts", which is not there.',
    where: `${CONFIG}:2`,
  },
  'an import that the package does not have': {
    files: {
      [CONFIG]:
        'import { debain } from "antidote/plugins"\n\nexport default { name: "x", use: [debain()] }\n',
    },
    code: 'CONFIG_THREW',
    said: 'The config threw while it was loaded: debain is not a function',
    where: `${CONFIG}:3`,
  },
  'a missing name': {
    files: { [CONFIG]: 'export default {\n  use: [],\n}\n' },
    code: 'CONFIG_INVALID',
    said: '"name" is missing.',
    where: `${CONFIG}:1:name`,
  },
  'a name that is none': {
    files: { [CONFIG]: 'export default {\n  use: [],\n  name: "My Image",\n}\n' },
    code: 'CONFIG_INVALID',
    said: '"name" must be lower-case letters and digits, with single ., _ or - between; it is "My Image".',
    where: `${CONFIG}:3:name`,
  },
  'a wrong type': {
    files: { [CONFIG]: withLines('  machine: {\n    cpus: "two",\n  },') },
    code: 'CONFIG_INVALID',
    said: '"machine.cpus" must be a number; it is "two".',
    where: `${CONFIG}:7:machine.cpus`,
  },
  'a wrong type whose value cannot be JSON': {
    files: { [CONFIG]: withLines('  description: 10n,') },
    code: 'CONFIG_INVALID',
    said: '"description" must be a string; it is 10.',
    where: `${CONFIG}:6:description`,
  },
  'a number out of range': {
    files: { [CONFIG]: withLines('  machine: { cpus: 0 },') },
    code: 'CONFIG_INVALID',
    said: '"machine.cpus" must be at least 1; it is 0.',
    where: `${CONFIG}:6:machine.cpus`,
  },
  'a size without a unit': {
    files: { [CONFIG]: withLines('  disk: {},\n  machine: { memory: "512" },') },
    code: 'CONFIG_INVALID',
    said: '"machine.memory" must be a size like "512M" or "2G"; it is "512".',
    where: `${CONFIG}:7:machine.memory`,
  },
  'a choice that is none': {
    files: { [CONFIG]: withLines('  machine: { nic: "rtl8139" },') },
    code: 'CONFIG_INVALID',
    said: '"machine.nic" must be one of "virtio-net-pci", "e1000"; it is "rtl8139".',
    where: `${CONFIG}:6:machine.nic`,
  },
  'a snapshot under an accelerator that there is none of': {
    files: { [CONFIG]: withLines('  machine: { snapshot: { accelerators: ["xen"] } },') },
    code: 'CONFIG_INVALID',
    said: '"machine.snapshot" must be true, false, or { accelerators: [...] } with "tcg", "kvm" or both; it is an object.',
    where: `${CONFIG}:6:machine.snapshot`,
  },
  'a port that is none': {
    files: { [CONFIG]: withLines('  ports: [\n    "22/tcp",\n    "99999/udp",\n  ],') },
    code: 'CONFIG_INVALID',
    said: '"ports[1]" must be a port from 1 to 65535 and a protocol, like "22/tcp"; it is "99999/udp".',
    where: `${CONFIG}:8:ports[1]`,
  },
  'a script that is a number': {
    files: { [CONFIG]: withLines('  pre: 3,') },
    code: 'CONFIG_INVALID',
    said: '"pre" must be a path or a list of paths; it is 3.',
    where: `${CONFIG}:6:pre`,
  },
  'a target that is not absolute': {
    files: { [CONFIG]: withLines('  files: [{ from: "a", to: "etc/a" }],') },
    code: 'CONFIG_INVALID',
    said: '"files[0].to" must be an absolute path in the guest; it is "etc/a".',
    where: `${CONFIG}:6:files[0].to`,
  },
  'an unknown key': {
    files: { [CONFIG]: withLines('  instal: "install.sh",') },
    code: 'CONFIG_UNKNOWN_KEY',
    said: '"instal" is not a setting of an image. Did you mean "install"?',
    where: `${CONFIG}:6:instal`,
  },
  'an unknown key inside another': {
    files: {
      [CONFIG]: withLines(
        '  files: [\n    { from: "a", to: "/a" },\n    { from: "a", to: "/b", secert: true },\n  ],',
      ),
    },
    code: 'CONFIG_UNKNOWN_KEY',
    said: '"files[1].secert" is not a setting of an image. Did you mean "secret"?',
    where: `${CONFIG}:8:files[1].secert`,
  },
  'an unknown key that is like nothing': {
    files: { [CONFIG]: withLines('  zzzzzzzzzz: 1,') },
    code: 'CONFIG_UNKNOWN_KEY',
    said: '"zzzzzzzzzz" is not a setting of an image.',
    where: `${CONFIG}:6:zzzzzzzzzz`,
  },
  'a mistake in a variable': {
    files: {
      [CONFIG]:
        'import { defineImage } from "antidote"\nconst machine = {\n  memory: "lots",\n} as const\nconst image = { name: "x", use: [], machine }\nexport default defineImage(image)\n',
    },
    code: 'CONFIG_INVALID',
    said: '"machine.memory" must be a size like "512M" or "2G"; it is "lots".',
    where: `${CONFIG}:3:machine.memory`,
  },
  'a mistake in what is spread': {
    files: {
      [CONFIG]: 'const base = {\n  ports: ["80"],\n}\nexport default { ...base, name: "x", use: [] }\n',
    },
    code: 'CONFIG_INVALID',
    said: '"ports[0]" must be a port from 1 to 65535 and a protocol, like "22/tcp"; it is "80".',
    where: `${CONFIG}:2:ports[0]`,
  },
  'a plugin that is not called': {
    files: {
      [CONFIG]:
        'import { debian } from "antidote/plugins"\nexport default {\n  name: "x",\n  use: [\n    debian,\n  ],\n}\n',
    },
    code: 'PLUGIN_INVALID',
    said: '"debian" is not a plugin: it is a function; call it.',
    where: `${CONFIG}:5:use[0]`,
  },
  'a plugin by its name': {
    files: { [CONFIG]: 'export default {\n  name: "x",\n  use: ["debian"],\n}\n' },
    code: 'PLUGIN_INVALID',
    said: 'use[0] is not a plugin: it is "debian".',
    where: `${CONFIG}:3:use[0]`,
  },
  'a plugin without an apply': {
    files: { [CONFIG]: 'export default {\n  name: "x",\n  use: [{ name: "y", version: "1" }],\n}\n' },
    code: 'PLUGIN_INVALID',
    said: '"y" is not a plugin: it has no apply function.',
    where: `${CONFIG}:3:use[0]`,
  },
  'plugins that are not in a list': {
    files: {
      [CONFIG]:
        'import { debian } from "antidote/plugins"\nexport default {\n  name: "x",\n  use: debian(),\n}\n',
    },
    code: 'CONFIG_INVALID',
    said: '"use" must be a list; it is an object.',
    where: `${CONFIG}:4:use`,
  },
  'two plugins of one name': {
    files: {
      [CONFIG]:
        'const p = { name: "p", version: "1", apply() {} }\nexport default {\n  name: "x",\n  use: [\n    p,\n    [p],\n  ],\n}\n',
    },
    code: 'PLUGIN_TWICE',
    said: 'The plugin "p" is used twice in one image.',
    where: `${CONFIG}:6:use[1][0]`,
  },
  'a plugin from a later version': {
    files: {
      [CONFIG]:
        'const p = { name: "p", version: "9", api: 7, apply() {} }\nexport default {\n  name: "x",\n  use: [p],\n}\n',
    },
    code: 'PLUGIN_TOO_NEW',
    said: 'The plugin "p" was written for plugin API 7; this antidote has API 1.',
    where: `${CONFIG}:4:use[0]`,
  },
  'an unknown option of a plugin': {
    files: {
      [CONFIG]:
        'import { debian } from "antidote/plugins"\nexport default {\n  name: "x",\n  use: [\n    debian({ siute: "trixie" } as never),\n  ],\n}\n',
    },
    code: 'PLUGIN_OPTION',
    said: 'debian: "siute" is not an option.',
    where: `${CONFIG}:5`,
  },
  'an unknown suite': {
    files: {
      [CONFIG]:
        'import { debian } from "antidote/plugins"\nexport default {\n  name: "x",\n  use: [\n    debian({ suite: "wheezy" } as never),\n  ],\n}\n',
    },
    code: 'PLUGIN_OPTION',
    said: 'debian: suite is "wheezy", which is not one of trixie, bookworm.',
    where: `${CONFIG}:5`,
  },
  'an install.sh that is missing': {
    files: { [CONFIG]: withLines('  install: "install.sh",') },
    code: 'INPUT_MISSING',
    said: 'install names install.sh, which does not exist.',
    where: `${CONFIG}:6:install`,
  },
  'an install.sh that is not executable': {
    files: { [CONFIG]: withLines('  install: "install.sh",'), 'install.sh': '#!/bin/sh\n' },
    code: 'INPUT_NOT_EXECUTABLE',
    said: 'install names install.sh, which is not executable.',
    where: `${CONFIG}:6:install`,
  },
  'an install.sh that is a directory': {
    files: { [CONFIG]: withLines('  install: "scripts",'), 'scripts/a.sh!': '' },
    code: 'INPUT_NOT_FILE',
    said: 'install names scripts, which is not a file.',
    where: `${CONFIG}:6:install`,
  },
  'a script of several that is missing': {
    files: { [CONFIG]: withLines('  live: [\n    "a.sh",\n    "b.sh",\n  ],'), 'a.sh!': '' },
    code: 'INPUT_MISSING',
    said: 'live[1] names b.sh, which does not exist.',
    where: `${CONFIG}:8:live[1]`,
  },
  'a test.sh that is missing': {
    files: { [CONFIG]: withLines('  test: "test.sh",') },
    code: 'INPUT_MISSING',
    said: 'test names test.sh, which does not exist.',
    where: `${CONFIG}:6:test`,
  },
  'a static file that is missing': {
    files: { [CONFIG]: withLines('  files: [{ from: "motd", to: "/etc/motd" }],') },
    code: 'INPUT_MISSING',
    said: 'files[0].from names motd, which does not exist.',
    where: `${CONFIG}:6:files[0].from`,
  },
}
