import { AntidoteError, type Guest } from 'antidote'

/** What is in every libc-bin, without the package `locales`. */
export const isBuiltIn = (locale: string): boolean => /^(C|POSIX|C\.(utf-?8))$/i.test(locale)

/** Generates one locale, as dpkg-reconfigure would. Ends with 3 where there is none of that name. */
const GENERATE = `set -eu
line=$(awk -v name="$1" '$1 == name { print; exit }' /usr/share/i18n/SUPPORTED)
[ -n "$line" ] || exit 3
echo "$line" >/etc/locale.gen
locale-gen
`

/** Everything that makes a locale; nothing for one that is there in any case. */
export const localeInputs = (locale: string) => (isBuiltIn(locale) ? {} : { generate: GENERATE })

/** Has a locale in a tree whose packages have `locales`. Throws LOCALE_UNKNOWN. */
export const generateLocale = async (guest: Guest, locale: string): Promise<void> => {
  if (isBuiltIn(locale)) return
  const { code, stdout, stderr } = await guest.exec(['sh', '-c', GENERATE, 'locale', locale], {
    allowFailure: true,
  })
  if (code === 0) return
  const [language] = locale.split(/[_.]/)
  const { stdout: known } = await guest.exec(['awk', '{ print $1 }', '/usr/share/i18n/SUPPORTED'])
  const near = known.split('\n').filter((name) => name.startsWith(`${language}_`) && name.endsWith('.UTF-8'))
  if (code !== 3)
    throw new Error(`locale-gen ended with ${code}: ${`${stdout}\n${stderr}`.trim().split('\n').at(-1)}`)
  throw new AntidoteError('LOCALE_UNKNOWN', `Debian has no locale "${locale}".`, {
    exitCode: 2,
    hint: near.length > 0 ? `Choose one of ${near.slice(0, 8).join(', ')}.` : 'Write it like "de_DE.UTF-8".',
  })
}
