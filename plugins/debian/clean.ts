/** What apt and dpkg leave. */
export const CLEAN = `rm -f /var/cache/debconf/*-old /var/lib/dpkg/*-old /var/cache/apt/*.bin
rm -rf /var/lib/apt/lists
mkdir -p /var/lib/apt/lists/partial
`
