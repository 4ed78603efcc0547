import { imageDirectory } from './cli.ts'

/** An image whose disk is one file: packed and pushed like any other, made in no time. */
export const tiny = (parent: string, name: string, content: string, settings = ''): string =>
  imageDirectory(
    parent,
    name,
    `description: 'a "tiny" $HOME \\\\ image', ports: ['22/tcp', '161/udp'], machine: { interfaces: 2 }, ${settings}
  use: [definePlugin({ name: 'disk', version: '1', apply({ bootstrap }) {
    bootstrap.tap({ name: 'disk', files: ['content'] }, async (_, step) => {
      const { copyFile, readFile } = await import('node:fs/promises')
      const content = await readFile(step.directory + '/content', 'utf8')
      if (content.includes('broken')) throw new Error('the content is broken')
      if (content.includes('slow')) await step.run(['sleep', '5'])
      await copyFile(step.directory + '/content', step.out + '/disk.qcow2')
      return { kind: 'disk', chain: [step.ref('disk.qcow2')] }
    })
  } })]`,
    { content },
  )
