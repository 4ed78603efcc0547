import { defineConfig } from 'vitepress'
import { deadAnchors } from './anchors.ts'
import { repository } from './repository.ts'
import { slug } from './slug.ts'

const origin = repository()

export default defineConfig({
  title: 'antidote',
  description: 'Builds, tests and publishes endpoint images for network labs',
  cleanUrls: true,
  // the pages say when their facts were measured; a build from a tarball has no git history to ask
  lastUpdated: false,
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: '/favicon.svg' }]],
  markdown: { lineNumbers: false, anchor: { slugify: slug } },
  // VitePress itself looks at pages, not at the parts of them
  buildEnd: ({ outDir }) => {
    const dead = deadAnchors(outDir)
    if (dead.length > 0) throw new Error(`links to parts of pages that are not there:\n${dead.join('\n')}`)
  },
  themeConfig: {
    ...(origin && { socialLinks: [{ icon: 'github', link: origin, ariaLabel: 'The repository' }] }),
    search: { provider: 'local' },
    outline: { level: [2, 3] },
    nav: [
      { text: 'Guide', link: '/guide/first-image', activeMatch: '^/guide/' },
      { text: 'Plugins', link: '/plugins/', activeMatch: '^/plugins/' },
      { text: 'Reference', link: '/reference/cli', activeMatch: '^/reference/' },
      { text: 'Architecture', link: '/architecture' },
    ],
    sidebar: [
      {
        text: 'Guide',
        items: [
          { text: 'The first image', link: '/guide/first-image' },
          { text: 'Provision', link: '/guide/provision' },
          { text: 'Test', link: '/guide/test' },
          { text: 'Publish', link: '/guide/publish' },
          { text: 'Run an image', link: '/guide/run' },
          { text: 'Configure', link: '/guide/configure' },
          { text: 'The serial console', link: '/guide/serial' },
          { text: 'Troubleshoot', link: '/guide/troubleshoot' },
        ],
      },
      {
        text: 'Plugins',
        items: [
          { text: 'Plugins and presets', link: '/plugins/' },
          { text: 'centos', link: '/plugins/centos' },
          { text: 'ansible', link: '/plugins/ansible' },
          { text: 'cumulus-vx', link: '/plugins/cumulus-vx' },
          { text: 'debian', link: '/plugins/debian' },
          { text: 'disk', link: '/plugins/disk' },
          { text: 'netconf', link: '/plugins/netconf' },
          { text: 'python', link: '/plugins/python' },
          { text: 'vqfx-snapshot', link: '/plugins/vqfx-snapshot' },
          { text: 'Write a plugin', link: '/plugins/write' },
        ],
      },
      {
        text: 'Reference',
        items: [
          { text: 'Command line', link: '/reference/cli' },
          { text: 'Config', link: '/reference/config' },
          { text: 'Plugin API', link: '/reference/plugin-api' },
          { text: 'Machine and image', link: '/reference/machine' },
          { text: 'Errors', link: '/reference/errors' },
        ],
      },
      {
        text: 'Architecture',
        items: [
          { text: 'How it is built', link: '/architecture' },
          { text: 'Security', link: '/security' },
        ],
      },
    ],
  },
})
