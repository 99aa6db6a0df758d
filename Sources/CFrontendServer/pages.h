#ifndef CFRONTENDSERVER_PAGES_H
#define CFRONTENDSERVER_PAGES_H

/// Gives the system the pages of mapped files back that this process has not changed.
void release_unchanged_pages(void);

#endif
