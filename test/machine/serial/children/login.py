"""What login(1) with PAM says on a console, with real terminal settings.

login.py PASSWORD [expired|strict|again|slow]: an expired password is to be changed; strict refuses every new one; again
wants a login with the new one; slow gives the first login up.
"""
import getpass, sys, time

password, kind = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ''
while True:
    user = input('\nDebian GNU/Linux 13 double ttyS0\n\ndouble login: ')
    if not user:
        continue
    given = getpass.getpass('Password: ')
    if kind == 'slow':
        # util-linux, login-utils/login.c
        print('\nlogin: timed out after 60 seconds')
        kind = ''
        continue
    if given != password:
        time.sleep(0.2)
        print('\nLogin incorrect')
        continue
    if kind:
        print('You are required to change your password immediately (administrator enforced).')
        print('Changing password for %s.' % user)
        if getpass.getpass('Current password: ') != password:
            print('passwd: Authentication token manipulation error')
            continue
        new = getpass.getpass('New password: ')
        while kind == 'strict':
            print('BAD PASSWORD: The password is too simple')
            new = getpass.getpass('New password: ')
        if getpass.getpass('Retype new password: ') != new:
            print('Sorry, passwords do not match.')
            continue
        password, once = new, kind
        kind = ''
        if once == 'again':
            continue
    print('Last login: Fri Nov 20 20:54:12 UTC 2026 on ttyS0')
    print('Linux double 6.12.48 #1 SMP\n')
    while True:
        line = input('%s@double:~$ ' % user)
        if line:
            print('%s: no shell' % line)
