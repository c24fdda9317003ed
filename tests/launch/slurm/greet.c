/* What the Slurm test runs as the program: ranks that meet over MPI and say where they are; asked to by the first word, they
   wait to be told to end, and end as a stopped run does. In its second life the job ends at once. */
#include <mpi.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t told = 0;
static void note(int signal) { told = signal; }

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = note;
  sigaction(SIGTERM, &action, NULL);

  int rank = 0, ranks = 0, sum = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  const int mine = rank + 1;
  MPI_Allreduce(&mine, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
  printf("rank %d of %d on %s, sum %d, given %s\n", rank, ranks, getenv("SLURMD_NODENAME"), sum, argv[argc - 1]);
  if (getenv("SLURM_RESTART_COUNT") != NULL) {
    printf("rank %d goes on\n", rank);
  } else if (argc > 1 && strcmp(argv[1], "wait") == 0) {
    for (int i = 0; i < 900 && told == 0; ++i) usleep(100000);
    printf("rank %d saves\n", rank);
  }
  MPI_Finalize();
  return told != 0 ? 128 + told : 0;
}
