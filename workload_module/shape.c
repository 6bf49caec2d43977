/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * All names in BTF lie in one section of NUL-terminated strings. Whether one of them occurs needs
 * no parser, and whether a member exists decides better than a version number.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shape.h"

#define SHAPE_BTF "/sys/kernel/btf/vmlinux"

/* For kernels before 6.16, where the file can't be mapped. */
static int shape_read(int fd, char *bytes, size_t size)
{
	while (size > 0) {
		ssize_t more = read(fd, bytes, size);

		if (more <= 0)
			return more ? -errno : -EIO;
		bytes += more;
		size -= (size_t)more;
	}
	return 0;
}

/*
 * Mapped if possible: reading it makes the kernel allocate a page for each page, which would be
 * among the very figures that are to be compared.
 */
static char *shape_map(int fd, size_t size)
{
	char *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	int err;

	if (bytes != MAP_FAILED)
		return bytes;
	bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (bytes == MAP_FAILED)
		return NULL;
	err = shape_read(fd, bytes, size);
	if (!err)
		return bytes;
	munmap(bytes, size);
	errno = -err;
	return NULL;
}

/* With the NUL on both sides; strings of BTF begin with an empty one. */
static int shape_find(const char *bytes, size_t size, const char *word)
{
	size_t length = strlen(word);
	char *name = calloc(1, length + 2);
	int found;

	if (!name)
		return -ENOMEM;
	memcpy(name + 1, word, length);
	found = memmem(bytes, size, name, length + 2) != NULL;
	free(name);
	return found;
}

int shape_has_word(const char *word)
{
	int fd = open(SHAPE_BTF, O_RDONLY | O_CLOEXEC), found;
	char *bytes = NULL;
	struct stat st;

	if (fd < 0)
		return -errno;
	if (!fstat(fd, &st))
		bytes = shape_map(fd, (size_t)st.st_size);
	found = bytes ? shape_find(bytes, (size_t)st.st_size, word) : -errno;
	if (bytes)
		munmap(bytes, (size_t)st.st_size);
	close(fd);
	return found;
}
