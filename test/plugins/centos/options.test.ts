import { describe, expect, test } from 'vitest'
import { type CentosOptions, resolveOptions } from '../../../plugins/centos/options.ts'
import { basePackages } from '../../../plugins/centos/packages.ts'

const refusal = (options: object): string => {
  try {
    resolveOptions(options as CentosOptions)
  } catch (error) {
    return (error as Error).message
  }
  return ''
}

test('without options it is the newest CentOS Stream', () => {
  const { release, repositories, init, selinux, fingerprints } = resolveOptions({})
  expect(release).toEqual({ distribution: 'centos', major: 10, version: '10' })
  expect(repositories.map(({ name }) => name)).toEqual(['baseos', 'appstream'])
  expect([init, selinux]).toEqual(['minimal', 'disabled'])
  expect(fingerprints).toEqual(['99DB70FAE1D7CE227FB6488205B555B38483C65D'])
})

describe('releases', () => {
  test.each([
    [
      { distribution: 'rocky', release: '9.6' },
      { distribution: 'rocky', major: 9, version: '9.6' },
    ],
    [
      { distribution: 'alma', release: 10 },
      { distribution: 'alma', major: 10, version: '10' },
    ],
    [{ release: 7 }, { distribution: 'centos', major: 7, version: '7' }],
  ] as const)('%j', (options, release) => {
    expect(resolveOptions(options).release).toEqual(release)
  })

  test.each([
    [{ release: 8 }, 'centos: release is "8", which is not one of 7, 9, 10.'],
    [{ release: '9.1' }, 'centos: release is "9.1", which is not one of 7, 9, 10.'],
    [{ distribution: 'rocky', release: 7 }, 'centos: release is "7", which is not one of 9, 10.'],
    [{ distribution: 'alma', release: '9.x' }, 'centos: release is "9.x", which is not one of 9, 10.'],
    [{ distribution: 'rock' }, 'centos: distribution is "rock", which is not one of centos, rocky, alma.'],
  ])('%j is refused', (options, message) => {
    expect(refusal(options)).toBe(message)
  })
})

describe('what is refused', () => {
  const fingerprint = 'FF8A D134 4597 106E CE81 3B91 8A38 72BF 3228 467C'
  test.each([
    [{ mirrors: 'x' }, '"mirrors" is not an option'],
    [{ packages: ['--setopt=gpgcheck=0'] }, 'cannot be the name of a package'],
    [{ mirror: 'http://me:secret@mirror/' }, 'without a user or password'],
    [{ mirror: 'http://m.example/\u007fx' }, 'must be a URL of http, https or file'],
    [{ mirror: 'ftp://mirror/' }, 'must be a URL of http, https or file'],
    [{ repositories: [{ name: 'x' }] }, 'has no address'],
    [{ repositories: [{ name: 'x', baseurl: 'http://a/', metalink: 'http://b/' }] }, 'has 2 addresses'],
    [{ repositories: [{ name: 'x y', baseurl: 'http://a/' }] }, 'cannot be the name of a repository'],
    [{ repositories: [{ name: 'x', baseurl: 'http://a/', gpgcheck: 0 }] }, '"gpgcheck" is nothing'],
    [{ repositories: [{ name: 'x', baseurl: 'http://a/', fingerprint: '3228467C' }] }, 'is not one'],
    [{ sources: [{ name: 'x', baseurl: 'http://a/' }] }, 'has no key'],
    [{ kernelSource: { name: 'x' } }, 'has no address'],
    [{ kernel: 'tiny' }, 'kernel is "tiny", which is not one of distro, minimal'],
    [{ kernel: 'minimal', release: 7 }, 'Linux 3.10 of release 7 cannot start without a boot loader'],
    [{ kernel: 'minimal', init: 'systemd', selinux: 'permissive' }, 'the minimal kernel has no SELinux'],
    [
      { kernel: 'minimal', repositories: [{ name: 'x', baseurl: 'http://a/' }] },
      'nothing says where its source is',
    ],
    [{ kernelOptions: { CONFIG_BTRFS_FS: 'm' } }, '"CONFIG_BTRFS_FS" is not a name like VIRTIO_NET'],
    [{ selinux: 'enforcing' }, 'the minimal init loads no policy'],
    [{ user: 'root' }, '"root" cannot be the user'],
  ])('%j', (options, message) => {
    expect(refusal(options)).toContain(message)
  })

  test('a fingerprint may have spaces', () => {
    expect(refusal({ sources: [{ name: 'x', baseurl: 'http://a/', fingerprint }] })).toBe('')
  })
})

describe('packages', () => {
  const packages = (options: CentosOptions) => basePackages(resolveOptions(options))

  test('each distribution’s release package brings its keys', () => {
    expect(packages({})).toContain('centos-stream-release')
    expect(packages({ release: 7 })).toContain('centos-release')
    expect(packages({ distribution: 'rocky' })).toContain('rocky-release')
    expect(packages({ distribution: 'alma' })).toContain('almalinux-release')
  })

  test('a language, an init, SELinux and EPEL bring theirs', () => {
    expect(packages({})).toContain('glibc-minimal-langpack')
    expect(packages({ locale: 'de_DE.UTF-8' })).toContain('glibc-langpack-de')
    const more = packages({ init: 'systemd', selinux: 'permissive', epel: true })
    for (const name of ['NetworkManager', 'selinux-policy-targeted', 'epel-release']) {
      expect(more).toContain(name)
      expect(packages({})).not.toContain(name)
    }
  })

  test('release 7 has yum', () => {
    expect(packages({ release: 7 })).toContain('yum')
    expect(packages({ release: 7 })).not.toContain('dnf')
  })
})

test('a source is in a directory that build steps can be shown', () => {
  const from = (path: string) => ({ sources: [{ name: 'local', baseurl: `file://${path}`, key: 'key.asc' }] })
  expect(refusal(from('/srv/mirror'))).toBe('')
  for (const path of ['/usr/share/mirror', '/home/antidote/mirror'])
    expect(refusal(from(path))).toBe(
      `centos: the directory of packages ${path} is where the image has files of its own.`,
    )
})
