/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counting, and giving the counts away: to the program by ioctl, to anyone else as JSON in debugfs.
 */
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "workload.h"

static const char *const family_names[WORKLOAD_FAMILY_COUNT] = {
	[WORKLOAD_FAMILY_KMALLOC] = "kmalloc", [WORKLOAD_FAMILY_CACHE] = "cache",
	[WORKLOAD_FAMILY_VMALLOC] = "vmalloc", [WORKLOAD_FAMILY_PERCPU] = "percpu",
	[WORKLOAD_FAMILY_PAGES] = "pages",     [WORKLOAD_FAMILY_MAPPING] = "mapping",
};

static bool bytes_known(const struct workload_site *site)
{
	return !(site->flags & WORKLOAD_ROW_BYTES_UNKNOWN);
}

void workload_count_alloc(struct workload_site *site, u64 count, u64 bytes)
{
	atomic64_add(count, &site->allocs);
	if (bytes_known(site))
		atomic64_add(bytes, &site->bytes);
}

void workload_count_free(struct workload_site *site, u64 count, u64 bytes)
{
	atomic64_add(count, &site->frees);
	if (bytes_known(site))
		atomic64_add(bytes, &site->bytes_freed);
}

int workload_made(struct workload_object *object, struct workload_site *site, void *address,
		  size_t bytes)
{
	if (!address) {
		atomic64_inc(&site->failed);
		return -ENOMEM;
	}
	object->address = address;
	object->site = site;
	object->bytes = bytes;
	workload_count_alloc(site, 1, bytes);
	return 1;
}

void workload_dropped(const struct workload_object *object)
{
	workload_count_free(object->site, 1, object->bytes);
}

/* An object of an inexact scenario is one of each of its sites. */
void workload_count_leaks(const struct workload_operation *operation, u32 scenario,
			  const struct workload_object *objects, unsigned int count)
{
	unsigned int i, row;

	for (i = 0; i < count; i++) {
		atomic64_inc(&objects[i].site->leaked);
		if (!(workload_scenarios[scenario].flags & WORKLOAD_INEXACT))
			continue;
		for (row = 0; row < WORKLOAD_ROWS_MAX && operation->sites[row]; row++)
			if (operation->sites[row] != objects[i].site)
				atomic64_inc(&operation->sites[row]->leaked);
	}
}

static void read_row(struct workload_site *site, struct workload_row *row)
{
	row->family = site->family;
	row->flags = site->flags;
	/* Frees first: what is freed while this reads was allocated by the time that is read. */
	row->frees = atomic64_read(&site->frees);
	row->bytes_freed = atomic64_read(&site->bytes_freed);
	row->leaked = atomic64_read(&site->leaked);
	smp_rmb();
	row->allocs = atomic64_read(&site->allocs);
	row->bytes = atomic64_read(&site->bytes);
	row->failed = atomic64_read(&site->failed);
	row->null_frees = atomic64_read(&site->null_frees);
	strscpy(row->site, site->name, sizeof(row->site));
}

void workload_read_counts(u32 scenario, struct workload_counts *counts)
{
	struct workload_site *const *sites = workload_operations[scenario]->sites;
	unsigned int row;

	memset(counts, 0, sizeof(*counts));
	counts->scenario = scenario;
	for (row = 0; row < WORKLOAD_ROWS_MAX && sites[row]; row++)
		read_row(sites[row], &counts->row[row]);
	counts->rows = row;
}

/* Of what the module allocated for itself something is always live: the caller's file. */
static void reset_own(struct workload_site *site)
{
	s64 frees = atomic64_read(&site->frees), bytes = atomic64_read(&site->bytes_freed);

	atomic64_sub(frees, &site->allocs);
	atomic64_sub(frees, &site->frees);
	atomic64_sub(bytes, &site->bytes);
	atomic64_sub(bytes, &site->bytes_freed);
	atomic64_set(&site->failed, 0);
}

static void reset_site(struct workload_site *site)
{
	atomic64_set(&site->allocs, 0);
	atomic64_set(&site->frees, 0);
	atomic64_set(&site->failed, 0);
	atomic64_set(&site->null_frees, 0);
	atomic64_set(&site->bytes, 0);
	atomic64_set(&site->bytes_freed, 0);
	atomic64_set(&site->leaked, 0);
}

void workload_reset_counts(void)
{
	unsigned int scenario, row;

	for (scenario = 0; scenario < WORKLOAD_SCENARIO_COUNT; scenario++) {
		struct workload_site *const *sites = workload_operations[scenario]->sites;

		for (row = 0; row < WORKLOAD_ROWS_MAX && sites[row]; row++) {
			if (workload_scenarios[scenario].flags & WORKLOAD_BY_ITSELF)
				reset_own(sites[row]);
			else if (!(workload_scenarios[scenario].flags & WORKLOAD_BY_PARAMETER))
				reset_site(sites[row]);
		}
	}
}

static void show_row(struct seq_file *out, const struct workload_row *row)
{
	seq_printf(out, "{\"site\": \"%s\", \"family\": \"%s\", \"allocs\": %llu, ", row->site,
		   family_names[row->family], row->allocs);
	seq_printf(out, "\"frees\": %llu, \"live\": %lld, \"leaked\": %llu, ", row->frees,
		   (s64)(row->allocs - row->frees), row->leaked);
	seq_printf(out, "\"failed\": %llu, \"null_frees\": %llu, ", row->failed, row->null_frees);
	if (row->flags & WORKLOAD_ROW_BYTES_UNKNOWN)
		seq_puts(out, "\"bytes\": null, \"bytes_freed\": null, \"bytes_live\": null, ");
	else
		seq_printf(out, "\"bytes\": %llu, \"bytes_freed\": %llu, \"bytes_live\": %lld, ",
			   row->bytes, row->bytes_freed, (s64)(row->bytes - row->bytes_freed));
	seq_printf(out, "\"exact\": %s, \"helper\": %s, \"fails_silently\": %s}",
		   row->flags & WORKLOAD_ROW_INEXACT ? "false" : "true",
		   row->flags & WORKLOAD_ROW_HELPER ? "true" : "false",
		   row->flags & WORKLOAD_ROW_FAILS_SILENTLY ? "true" : "false");
}

static int workload_counts_show(struct seq_file *out, void *unused)
{
	struct workload_counts counts;
	unsigned int scenario, row;

	seq_printf(out, "{\"abi\": %u, \"scenarios\": [\n", WORKLOAD_ABI);
	for (scenario = 0; scenario < WORKLOAD_SCENARIO_COUNT; scenario++) {
		workload_read_counts(scenario, &counts);
		seq_printf(out, "{\"id\": %u, \"name\": \"%s\", \"supported\": %s, \"rows\": [",
			   scenario, workload_scenarios[scenario].name,
			   workload_supported(scenario) ? "true" : "false");
		for (row = 0; row < counts.rows; row++) {
			seq_puts(out, row ? ",\n\t" : "\n\t");
			show_row(out, &counts.row[row]);
		}
		seq_puts(out, scenario + 1 < WORKLOAD_SCENARIO_COUNT ? "]},\n" : "]}\n");
	}
	seq_puts(out, "]}\n");
	return 0;
}

static int workload_counts_open(struct inode *inode, struct file *file)
{
	return single_open(file, workload_counts_show, NULL);
}

const struct file_operations workload_counts_fops = {
	.owner = THIS_MODULE,
	.open = workload_counts_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = single_release,
};
