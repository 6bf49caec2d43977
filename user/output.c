// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Report files and their errors. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "message.h"
#include "output.h"

int output_open(struct output *output, const char *name)
{
	int fd, error;

	*output = (struct output){ .file = stdout, .name = name };
	if (!name)
		return 0;
	fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	output->file = fd < 0 ? NULL : fdopen(fd, "w");
	if (output->file)
		return 0;
	error = -errno;
	message_error("can't write %s: %s", name, strerror(errno));
	if (fd >= 0)
		close(fd);
	return error;
}

int output_begin(struct output *output)
{
	/* What can't be cut, such as a device, has nothing to lose either. */
	if (!output->begun && output->name && ftruncate(fileno(output->file), 0))
		errno = 0;
	output->begun = true;
	return 0;
}

static int output_failed(struct output *output, int error)
{
	if (error == EPIPE) {
		output->closed = true;
		return -EPIPE;
	}
	message_error("can't write %s: %s", output->name ?: "standard output", strerror(error));
	if (error == ENOSPC)
		message_hint("the report is incomplete; free some space or give another file with -o");
	return -error;
}

int output_write(struct output *output, const char *text, size_t size)
{
	while (size) {
		ssize_t written = write(fileno(output->file), text, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return output_failed(output, errno);
		text += written;
		size -= (size_t)written;
	}
	return 0;
}

int output_flush(struct output *output)
{
	errno = 0;
	if (!fflush(output->file) && !ferror(output->file))
		return 0;
	return output_failed(output, errno ?: EIO);
}

int output_close(struct output *output)
{
	int error = output_flush(output);

	if (!output->name)
		return error;
	if (fclose(output->file) && !error)
		error = output_failed(output, errno);
	output->file = NULL;
	return error;
}

bool output_colour(const struct output *output)
{
	const char *term = getenv("TERM"), *refused = getenv("NO_COLOR");

	return isatty(fileno(output->file)) && term && strcmp(term, "dumb") &&
	       !(refused && *refused);
}

void output_size(const struct output *output, unsigned int *columns, unsigned int *lines)
{
	struct winsize size = { 0 };

	*columns = *lines = 0;
	if (!isatty(fileno(output->file)) || ioctl(fileno(output->file), TIOCGWINSZ, &size))
		return;
	*columns = size.ws_col;
	*lines = size.ws_row;
}
