# Makes the inputs and the results that test_own_waves.py compares with (R 4.2.2, metafor 3.8-1):
#
#     Rscript tests/golden/own_waves.R        (from anywhere; writes beside itself)
#
# own_waves.csv  made-up shares of 12 municipalities in 5 waves, some waves missing, municipality b twice as two (an
#                event); errors of neighbouring waves go together (0.3, as of people who answer again), g has one wave.
# own_waves_r.csv  the level in each one's latest wave and its mean squared error by Henderson's formulas in whole
#                matrices, what not knowing the variance of the shocks adds, how far the latest wave lies from its
#                prediction, and that variance by metafor's rma.mv, and by its rma as if no errors went together.
suppressMessages(library(metafor))
options(digits = 17)
args <- commandArgs(trailingOnly = FALSE)
here <- dirname(normalizePath(sub("--file=", "", args[grep("--file=", args)])))
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(20261128)

cells <- expand.grid(wave = 1:5, m = c(letters[1:12], "b2"), stringsAsFactors = FALSE)
gone <- (cells$m == "b" & cells$wave > 2) | (cells$m == "b2" & cells$wave < 3) | (cells$m == "g" & cells$wave != 5) |
  (cells$m == "c" & cells$wave == 5) | (cells$m == "d" & cells$wave == 2)
cells <- cells[!gone, ]
level <- setNames(rnorm(13, .6, .07), unique(cells$m))
cells$n <- sample(20:150, nrow(cells), TRUE)
p <- pmin(pmax(level[cells$m] + c(0, .02, -.03, .01, .04)[cells$wave] + rnorm(nrow(cells), 0, .06), .05), .95)
cells$estimate <- rbinom(nrow(cells), cells$n, p) / cells$n
cells$variance <- cells$estimate * (1 - cells$estimate) / (cells$n - 1)
write.csv(cells, file.path(here, "own_waves.csv"), row.names = FALSE, quote = FALSE)

# the variance of one answer is the same in all of a municipality's waves
each <- sapply(split(cells, cells$m), function(own) sum(own$n * own$n * own$variance) / sum(own$n))
cells$smooth <- each[cells$m] / cells$n
R <- outer(seq_len(nrow(cells)), seq_len(nrow(cells)), function(i, j) (cells$m[i] == cells$m[j]) * .3^abs(cells$wave[i] - cells$wave[j]))
V <- R * sqrt(outer(cells$smooth, cells$smooth))
cells$cell <- factor(seq_len(nrow(cells)))
fit <- rma.mv(estimate, V, mods = ~ 0 + factor(m) + factor(wave), random = ~ 1 | cell, data = cells, method = "REML",
  control = list(optimizer = "nlminb", rel.tol = 1e-11))
between <- fit$sigma2
alone <- rma(estimate, smooth, mods = ~ 0 + factor(m) + factor(wave), data = cells, method = "REML",
  control = list(threshold = 1e-14, maxiter = 1000))
independent <- alone$tau2

X <- model.matrix(~ 0 + factor(m) + factor(wave), cells)
W <- solve(V + between * diag(nrow(cells)))
P <- W - W %*% X %*% solve(t(X) %*% W %*% X) %*% t(X) %*% W
error <- V %*% P %*% cells$estimate
mse <- V - V %*% P %*% V
learning <- V %*% P %*% P %*% P %*% V * 2 / sum(diag(P %*% P))
latest <- sapply(split(seq_len(nrow(cells)), cells$m), max)
found <- data.frame(m = names(latest), level = cells$estimate[latest] - error[latest], error = diag(mse)[latest],
  learning = diag(learning)[latest], apart = ((P %*% cells$estimate) / sqrt(diag(P)))[latest], between = between,
  independent = independent)
found <- found[found$m != "g", ]
write.csv(found, file.path(here, "own_waves_r.csv"), row.names = FALSE, quote = FALSE)
