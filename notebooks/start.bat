@echo off
rem Opens the form; the first time it makes the environment, which takes a couple of minutes.
cd /d "%~dp0\.."
if exist .venv\form-ready goto show
echo Goer klar; det tager et par minutter ...
py -m venv .venv || goto failed
.venv\Scripts\python -m pip install --require-hashes -r requirements.lock || goto failed
.venv\Scripts\python -m pip install --require-hashes -r notebooks\requirements.lock || goto failed
echo ready> .venv\form-ready
:show
.venv\Scripts\python -m jobreport form
if not errorlevel 1 exit /b 0
:failed
echo Det gik ikke. Er Python 3.11 eller nyere installeret? Se params\README.md.
pause
exit /b 1
