import { relative, resolve } from 'node:path'
import { quote } from '../../base/text/quote.ts'
import { initImage } from '../init/init.ts'
import { type GlobalOptions, print } from '../session/common.ts'
import { style } from '../terminal/style.ts'

export default async (preset: string, where: string | undefined, options: GlobalOptions): Promise<number> => {
  const written = await initImage(preset, resolve(options.directory ?? '', where ?? preset))
  print(options, written, () => {
    const to = relative('', written.directory)
    return [
      `${style.good('Written')} ${written.directory}: ${written.files.join(', ')}`,
      '',
      'Next:',
      ...(to === '' ? [] : [`  cd ${quote(to.startsWith('../../') ? written.directory : to)}`]),
      ...(written.plugin === undefined
        ? ['  make docker', '  npm install    # the types, for an editor']
        : ['  npm install', '  npm test']),
      '',
    ].join('\n')
  })
  return 0
}
